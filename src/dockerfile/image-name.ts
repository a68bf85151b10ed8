/** Whether a text could name an image: `[host[:port]/]path[:tag][@digest]`. Cheap and syntactic; the registry has the last word. */
const part = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*'
const host = '(?:localhost|[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+|[A-Za-z0-9.-]+(?=:\\d)|\\[[0-9a-fA-F:]+\\]|[A-Za-z0-9-]*[A-Z][A-Za-z0-9-]*)(?::\\d+)?/'
const name = new RegExp(`^(?:${host})?${part}(?:/${part})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9+._-]*:[0-9a-fA-F]{32,})?$`)

export function isImageName(text: string): boolean {
  return text.length < 512 && name.test(text)
}
