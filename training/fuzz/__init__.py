"""Coverage-guided fuzzing of what reads strangers' bytes and texts: `readers` and `labeler`, each a command.

They need atheris (`pip install atheris`, or the dependency group `fuzz`). docs/fuzzing.md has the runs made.
"""
