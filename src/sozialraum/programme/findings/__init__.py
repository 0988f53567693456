"""What the programme's sheets and the monitoring say together: provision, selection, effect, money."""
