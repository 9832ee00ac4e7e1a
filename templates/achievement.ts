import { layout } from "./layout";

/** Congratulates on an achievement. */
export const achievement = {
  schema: {
    type: "object",
    properties: { achievement: { type: "string" } },
    required: ["achievement"],
    additionalProperties: false,
  } as const,
  locales: {
    en: {
      subject: "You earned {{achievement}}",
      html: layout("<h1>{{achievement}}</h1><p>Well played, {{player.name}}: you earned a new achievement.</p>"),
      text: "{{achievement}}\n\nWell played, {{player.name}}: you earned a new achievement.\n",
    },
    de: {
      subject: "Geschafft: {{achievement}}",
      html: layout("<h1>{{achievement}}</h1><p>Gut gespielt, {{player.name}}: ein neuer Erfolg.</p>"),
      text: "{{achievement}}\n\nGut gespielt, {{player.name}}: ein neuer Erfolg.\n",
    },
  },
};
