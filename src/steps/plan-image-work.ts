/** stub */
export function planImageWork(): never {
  throw new Error('not yet')
}
