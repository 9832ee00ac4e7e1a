import { layout } from "./layout";

/** What is new this season, for players who have been active of late. */
export const seasonNews = {
  schema: {
    type: "object",
    properties: { season: { type: "string" } },
    required: ["season"],
    additionalProperties: false,
  } as const,
  locales: {
    en: {
      subject: "{{season}} has begun",
      html: layout("<h1>{{season}}</h1><p>{{player.name}}, the new season is open. See you in the arena.</p>"),
      text: "{{season}}\n\n{{player.name}}, the new season is open. See you in the arena.\n",
    },
    de: {
      subject: "{{season}} hat begonnen",
      html: layout("<h1>{{season}}</h1><p>{{player.name}}, die neue Saison ist offen. Wir sehen uns in der Arena.</p>"),
      text: "{{season}}\n\n{{player.name}}, die neue Saison ist offen. Wir sehen uns in der Arena.\n",
    },
  },
};
