"""Official documents: the tree, a .docx with bound and signed figures, reading it back, comparing. No Django here."""
