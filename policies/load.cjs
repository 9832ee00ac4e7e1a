"use strict";
/**
 * Loads this folder's TypeScript with types stripped. Pulumi's own loader would check the types of every module again
 * at each preview, which takes longer than all rules together, and skips packages in node_modules.
 */
const fs = require("node:fs");
const path = require("node:path");
const ts = require("typescript");

const FOLDER = __dirname + path.sep;
const before = require.extensions[".ts"];

require.extensions[".ts"] = (module, file) => {
  if (!file.startsWith(FOLDER)) return before(module, file);
  const { outputText, diagnostics } = ts.transpileModule(fs.readFileSync(file, "utf8"), {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, esModuleInterop: true },
  });
  const [wrong] = diagnostics ?? [];
  if (wrong) {
    const line = wrong.file ? wrong.file.getLineAndCharacterOfPosition(wrong.start ?? 0).line + 1 : 1;
    throw new SyntaxError(`${file}:${line}: ${ts.flattenDiagnosticMessageText(wrong.messageText, "\n")}`);
  }
  return module._compile(outputText, file);
};
