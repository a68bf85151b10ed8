/** Message templates of the code table: `{name}` placeholders, checked by the compiler at every use. */
import type { Code, codes } from './codes.ts'

type Names<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never

type HintOf<C extends Code> = (typeof codes)[C] extends { readonly hint: infer H extends string } ? H : never

/** The placeholders of a code's message and hint, each required. */
export type Parameters<C extends Code> = { readonly [N in Names<(typeof codes)[C]['message']> | Names<HintOf<C>>]: string | number }

export function fill(template: string, data: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(data[name] ?? whole))
}
