"""Pictures of members: sent, shown, removed, and tidied away."""
