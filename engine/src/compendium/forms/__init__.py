"""The forms that editors and archives ask for: certificate, manifest, claims for programs, archive."""
