/** Lists in one variable: separated text, and a JSON array where an item holds the separator. */
import type { Text } from '../base/secret-text.ts'
import { type Marked, marked } from './marks.ts'

export type Split = (whole: string) => readonly string[]
/** True when the item survives being joined and split again. */
export type Fits = (item: string) => boolean

export interface ListForm {
  readonly join: string
  readonly split: Split
  readonly fits: Fits
}

export const commaList: ListForm = separated(',')
export const semicolonList: ListForm = separated(';')

/** Semicolons between specs, which hold commas and `=`; parts without `=` are image names and may be comma lists. */
export const specList: ListForm = {
  join: ';',
  split: (whole) => trimmed(whole.split(';').flatMap((part) => (part.includes('=') ? [part] : part.split(',')))),
  fits: (item) => !item.includes(';') && (item.includes('=') || !item.includes(',')),
}

export function readItems(text: Text, form: ListForm): { readonly items: readonly string[]; readonly marks: Marked } {
  const marks = marked([text])
  const whole = marks.plain[0] ?? ''
  return { items: jsonItems(whole) ?? form.split(whole), marks }
}

export function writeItems(items: readonly Text[], form: ListForm): Text {
  const marks = marked(items)
  const joined = marks.plain.join(form.join)
  const plainEnough = marks.plain.every((item) => item !== '' && item.trim() === item && form.fits(item))
  return marks.restore(plainEnough && !joined.startsWith('[') ? joined : JSON.stringify(marks.plain))
}

function separated(separator: string): ListForm {
  return { join: separator, split: (whole) => trimmed(whole.split(separator)), fits: (item) => !item.includes(separator) }
}

function trimmed(parts: readonly string[]): readonly string[] {
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

function jsonItems(whole: string): readonly string[] | undefined {
  if (!whole.trimStart().startsWith('[')) return undefined
  try {
    const value: unknown = JSON.parse(whole)
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
  } catch {
    return undefined
  }
}
