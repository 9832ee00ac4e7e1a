/** Compiles templates while the program is declared, so that no archive carries a compiler. */
import * as Handlebars from "handlebars";
import { convert } from "html-to-text";
import * as vm from "node:vm";
import { anything, aText, objectOf, recordOf, required } from "../shared/arguments";
import { ArgumentError } from "../shared/errors";
import { checkSchema } from "../shared/schema-check";
import type { Schema } from "../shared/schema";
import type { TypeOf } from "../shared/schema-type";
import type { CompiledLocale, CompiledTemplate } from "./render";

/** One language of a template. `{{field}}` shows a field of the message's data, escaped in HTML. */
export interface TemplateLocale {
  /** Subject line. */
  readonly subject: string;
  readonly html: string;
  /** @default made from `html` */
  readonly text?: string;
}

/** A template of e-mail: its texts by language, and what its data must keep. */
export interface TemplateArgs {
  /** JSON Schema of the message's data: checked before rendering. @default any object */
  readonly schema?: Schema;
  /** By BCP 47 tag. */
  readonly locales: Readonly<Record<string, TemplateLocale>>;
  /** The locale of players whose own has no text. @default en */
  readonly fallback?: string;
}

/** Type of the data of a template, by its schema. */
export type TemplateData<Args> = Args extends { readonly schema: infer S extends Schema }
  ? Extract<TypeOf<S>, object>
  : Readonly<Record<string, unknown>>;

const checkShape = required(
  {
    schema: anything,
    locales: recordOf(objectOf({ subject: anything, html: anything, text: anything })),
    fallback: aText,
  },
  ["locales"],
);

/**
 * Compiles a template.
 * @throws ArgumentError when a locale does not parse, uses an unknown helper, or the fallback is missing.
 */
export function compileTemplate(component: string, name: string, args: TemplateArgs): CompiledTemplate {
  if (typeof name !== "string" || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) {
    throw problem(component, "template", name, "a name of up to 64 of A-Z a-z 0-9 . _ -", "Rename the template.");
  }
  checkShape(component, `template "${name}"`, args);
  if (args.schema !== undefined) checkSchema(component, `template "${name}".schema`, args.schema);
  const fallback = args.fallback ?? "en";
  const tags = Object.keys(args.locales);
  for (const tag of tags) {
    if (!/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/.test(tag)) {
      throw problem(component, `${name}.locales`, tag, "BCP 47 tags such as de-AT", "Correct the tag.");
    }
  }
  if (!tags.includes(fallback)) {
    const fix = `Add a text for ${fallback}, or name another fallback.`;
    throw problem(component, `${name}.fallback`, fallback, `one of ${tags.join(", ") || "its locales"}`, fix);
  }
  const locales: Record<string, CompiledLocale> = {};
  for (const tag of tags) {
    const { subject, html, text } = args.locales[tag] as TemplateLocale;
    const where = `${name}.locales.${tag}`;
    locales[tag] = {
      subject: compile(component, `${where}.subject`, subject, false),
      html: compile(component, `${where}.html`, html, true),
      text: compile(component, `${where}.text`, text ?? textOf(html), false),
    };
  }
  return { name, fallback, locales, schema: args.schema };
}

/** From template text to the object of functions that Handlebars' runtime takes. */
function compile(component: string, where: string, source: string, escape: boolean): unknown {
  if (typeof source !== "string" || source.trim().length === 0) {
    throw problem(component, where, source, "text that is not empty", "Write it.");
  }
  try {
    // `strict` makes a missing field an error; only Handlebars' own helpers are known where it runs.
    const options = { strict: true, noEscape: !escape, knownHelpersOnly: true, preventIndent: true };
    const specification = Handlebars.precompile(source, options) as string;
    return vm.runInThisContext(`(${specification})`) as unknown;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw problem(component, where, source, "a Handlebars template", `Handlebars says: ${said.replace(/\s+/g, " ")}.`);
  }
}

/** The text template that an HTML template stands for: its expressions stay as they are. */
function textOf(html: string): string {
  return convert(html, {
    wordwrap: false,
    selectors: [
      { selector: "a", options: { hideLinkHrefIfSameAsText: true } },
      { selector: "img", format: "skip" },
      ...["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({ selector, options: { uppercase: false } })),
      { selector: "table", format: "dataTable", options: { uppercaseHeaderCells: false } },
    ],
  });
}

function problem(component: string, argument: string, got: unknown, expected: string, fix: string): ArgumentError {
  return new ArgumentError({ component, argument, got, expected, fix });
}
