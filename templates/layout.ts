/** The frame of every mail: one column, readable without images and in dark mode. */
export function layout(body: string): string {
  return (
    '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
    '<meta name="color-scheme" content="light dark"></head>' +
    '<body style="margin:0;padding:24px;font-family:system-ui,sans-serif;font-size:16px;line-height:1.5">' +
    `<div style="max-width:560px;margin:0 auto">${body}</div></body></html>`
  );
}
