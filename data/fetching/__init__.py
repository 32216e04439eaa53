"""Published files from the publisher's own addresses: asking, finding, keeping."""
