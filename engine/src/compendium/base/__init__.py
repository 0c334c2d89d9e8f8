"""What all rooms stand on: files, paths, texts, values, words; nothing here knows of tables or claims."""
