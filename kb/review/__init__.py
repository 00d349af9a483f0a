"""What leads see of the questions, what they decide about them, and a weekly sample of the answers."""
