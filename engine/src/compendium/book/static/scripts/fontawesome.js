// Icons are drawn by the font that the style sheet of the theme names; its script for them, 1.5 MB a page, is not needed.
