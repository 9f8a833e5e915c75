"""Evidence: dossiers, sign-in sheets, bundles, and their verification."""
