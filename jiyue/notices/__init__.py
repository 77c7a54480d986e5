"""消息: what the platform has to tell people: alarms now, messages later."""
