"""What a notebook shows: stories, texts, tables, figures, exercises, and its working copies."""
