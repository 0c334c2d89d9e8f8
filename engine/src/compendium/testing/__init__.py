"""The tests that any compendium has from the engine, and the plugin through which pytest finds them."""
