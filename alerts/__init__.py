"""The judgement and the voice: engine, rules, prompts, speech. Knows no transport."""
