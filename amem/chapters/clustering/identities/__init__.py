"""What must hold exactly, and by how much it fails."""
