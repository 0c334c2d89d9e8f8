"""The forms that editors and archives ask for: certificate, crate, manifest, archive."""
