"""Statistics that know nothing of the subject: intervals, boxes, scores, posteriors."""
