import { layout } from "./layout";

/** Greets a player. Uses the player's name only. */
export const welcome = {
  locales: {
    en: {
      subject: "Welcome, {{player.name}}",
      html: layout("<h1>Welcome, {{player.name}}</h1><p>Your friends are waiting for you in the game.</p>"),
      text: "Welcome, {{player.name}}\n\nYour friends are waiting for you in the game.\n",
    },
    de: {
      subject: "Willkommen, {{player.name}}",
      html: layout("<h1>Willkommen, {{player.name}}</h1><p>Deine Freunde warten im Spiel auf dich.</p>"),
      text: "Willkommen, {{player.name}}\n\nDeine Freunde warten im Spiel auf dich.\n",
    },
  },
};
