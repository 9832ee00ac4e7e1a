/** A line that says how far a command is: rewritten in place in a terminal, printed when it changes elsewhere. */
export class Progress {
  private shown = "";

  show(line: string): void {
    if (line === this.shown) return;
    this.shown = line;
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line}`);
    else process.stderr.write(`${line}\n`);
  }

  /** Clears the line; what comes next is a result. */
  end(): void {
    if (process.stderr.isTTY && this.shown !== "") process.stderr.write("\r\x1b[2K");
    this.shown = "";
  }
}
