import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as prettier from "prettier";
import * as ts from "typescript";
import { assemble } from "../local/assemble";
import { VirtualClock } from "../local/clock";
import { Cloud } from "../local/cloud";
import { asyncApiDocument, toYaml } from "./asyncapi";
import { policiesPage } from "./policies";

const ROOT = join(__dirname, "..");

/** The generated pages by their path in the repository. */
export const PAGES: Readonly<Record<string, () => string>> = {
  "docs/reference/client-protocol.asyncapi.yaml": protocolPage,
  "docs/reference/components.md": componentsPage,
  "docs/reference/local-services.md": servicesPage,
  "docs/reference/policies.md": policiesPage,
};

interface Row {
  readonly name: string;
  readonly type: string;
  /** What holds when it is left out. */
  readonly fallback: string;
  readonly text: string;
}

interface Section {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly rows: readonly Row[];
}

/** A page's text, formatted as all pages are. @param file where it goes: its ending tells its language. */
export function formatted(file: string, page: string): Promise<string> {
  return prettier.format(page, { parser: file.endsWith(".yaml") ? "yaml" : "markdown", printWidth: 120 });
}

/** The client protocol as an AsyncAPI document. */
function protocolPage(): string {
  const header =
    "# Written by `npm run docs` from the schemas of components/realtime-gateway/protocol.ts (docs/asyncapi.ts).";
  return `${header}\n${toYaml(asyncApiDocument()).trimStart()}`;
}

/** What the local cloud plays: operations and Pulumi types of each service. */
function servicesPage(): string {
  const cloud = new Cloud({ clock: new VirtualClock(0), folder: join(tmpdir(), "games-messaging-docs") });
  assemble(cloud);
  const names = (members: object | undefined) =>
    Object.keys(members ?? {})
      .sort()
      .map((name) => `\`${name}\``)
      .join(", ");
  return [
    "# What the local cloud plays",
    "",
    "Written by `npm run docs` from `local/services/`. What each does differently from AWS: [local/README.md](../../local/README.md).",
    "",
    ...[...cloud.services.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((service) => [
        `## ${service.name}`,
        "",
        `Operations: ${names(service.operations)}`,
        "",
        `Pulumi types: ${names(service.resourceTypes) || "none"}`,
        "",
        ...(service.invokes ? [`Pulumi functions: ${names(service.invokes)}`, ""] : []),
      ]),
  ].join("\n");
}

/** The reference of every component argument and method, as the sources tell it. */
function componentsPage(): string {
  const sources = sourcesIn("components");
  const index = sources.find(({ fileName }) => fileName === "components/index.ts")!;
  const made = new Set(exportedNames(index, (isType) => !isType));
  const published = new Set(exportedNames(index, () => true));
  const classes = sources.flatMap((source) => source.statements.filter(ts.isClassDeclaration).flatMap(classSection));
  const args = sources.flatMap((source) => source.statements.filter(ts.isInterfaceDeclaration).flatMap(argsSection));
  const parts = (sections: readonly Section[], names: ReadonlySet<string>, own: boolean) =>
    sections.filter(({ name }) => names.has(name) === own).sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    "# Components",
    "",
    "Written by `npm run docs` from the doc comments in `components/`; edit those, not this page.",
    "",
    "## Classes",
    "",
    ...parts(classes, made, true).flatMap((section) => render(section, ["method", "signature", "what it does"])),
    "## Arguments",
    "",
    ...parts(args, published, true).flatMap((section) => render(section)),
    "## Arguments of parts",
    "",
    "Members of the arguments above, and of components that only other components make.",
    "",
    ...parts(args, published, false).flatMap((section) => render(section)),
  ].join("\n");
}

function sourcesIn(folder: string): ts.SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${folder}/${file}`)
    .sort()
    .map((file) => ts.createSourceFile(file, readFileSync(join(ROOT, file), "utf8"), ts.ScriptTarget.ES2022, true));
}

/** @param wanted whether a name counts, given whether it is exported as a type alone. */
function exportedNames(index: ts.SourceFile, wanted: (isType: boolean) => boolean): string[] {
  return index.statements.flatMap((statement) =>
    ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)
      ? statement.exportClause.elements
          .filter((element) => wanted(statement.isTypeOnly || element.isTypeOnly))
          .map(({ name }) => name.text)
      : [],
  );
}

function argsSection(node: ts.InterfaceDeclaration): Section[] {
  if (!isExported(node) || !/(Args|^MessageType|^SegmentMessage)$/.test(node.name.text)) return [];
  const rows = node.members.filter(ts.isPropertySignature).map((member) => ({
    name: `${member.name.getText()}${member.questionToken ? "?" : ""}`,
    type: oneLine(boundOf(node, member.type?.getText() ?? "unknown")),
    fallback: tag(member, "default"),
    text: doc(member),
  }));
  const parameters = node.typeParameters ? `<${node.typeParameters.map((one) => one.getText()).join(", ")}>` : "";
  return [{ name: node.name.text, file: node.getSourceFile().fileName, text: doc(node) || parameters, rows }];
}

/** What a type parameter of an interface stands for; any other type as it is. */
function boundOf({ typeParameters }: ts.InterfaceDeclaration, type: string): string {
  return typeParameters?.find(({ name }) => name.text === type)?.constraint?.getText() ?? type;
}

function classSection(node: ts.ClassDeclaration): Section[] {
  if (!isExported(node) || !node.name) return [];
  const rows = node.members
    .filter(ts.isMethodDeclaration)
    .filter((method) => !hasModifier(method, ts.SyntaxKind.PrivateKeyword))
    .map((method) => ({
      name: method.name.getText(),
      type: oneLine(
        `(${method.parameters.map((one) => one.getText()).join(", ")}): ${method.type?.getText() ?? "void"}`,
      ),
      fallback: "",
      text: doc(method),
    }));
  return [{ name: node.name.text, file: node.getSourceFile().fileName, text: doc(node), rows }];
}

function isExported(node: ts.HasModifiers): boolean {
  return hasModifier(node, ts.SyntaxKind.ExportKeyword);
}

function hasModifier(node: ts.HasModifiers, kind: ts.SyntaxKind): boolean {
  return (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === kind);
}

function doc(node: ts.Node): string {
  const texts = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return oneLine(ts.getTextOfJSDocComment(texts.at(-1)?.comment) ?? "");
}

function tag(node: ts.Node, name: string): string {
  const found = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === name);
  return oneLine(ts.getTextOfJSDocComment(found?.comment) ?? "");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function code(text: string): string {
  return text === "" ? "" : `\`${cell(text)}\``;
}

function render({ name, file, text, rows }: Section, head?: readonly string[]): string[] {
  const table = head ? [...head] : ["argument", "type", "default", "what it says"];
  const lines = rows.map((row) =>
    head
      ? [code(row.name), code(row.type), cell(row.text)]
      : [code(row.name), code(row.type), cell(row.fallback), cell(row.text)],
  );
  const title = [`### ${name}`, "", `[\`${file}\`](../../${file})`, "", ...(text === "" ? [] : [text, ""])];
  if (rows.length === 0) return title;
  return [...title, row(table), row(table.map(() => "---")), ...lines.map(row), ""];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

async function main(): Promise<void> {
  for (const [file, page] of Object.entries(PAGES)) writeFileSync(join(ROOT, file), await formatted(file, page()));
}

if (require.main === module) void main();
