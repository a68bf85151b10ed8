/** Brands: strings that were parsed once at the edge. Only the parser of each brand may call `brandAs`. */
declare const brand: unique symbol

export type Brand<Name extends string> = string & { readonly [brand]: Name }

export function brandAs<B extends Brand<string>>(text: string): B {
  return text as B
}
