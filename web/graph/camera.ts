/** Where one stands before a plane, and how near. Pure. A point p of the plane is seen at p * scale + (x, y). */

export interface Camera {
  readonly x: number
  readonly y: number
  readonly scale: number
}

interface Size {
  readonly w: number
  readonly h: number
}

const [least, most] = [0.12, 2]
const margin = 24

/** All of it, not larger than life, from the top; what is far too wide stays readable and goes beyond the edge. */
export function fitted(plane: Size, seen: Size): Camera {
  const scale = Math.min(1, Math.max(0.35, Math.min((seen.w - margin * 2) / Math.max(1, plane.w), (seen.h - margin * 2) / Math.max(1, plane.h))))
  return { scale, x: margin + Math.max(0, (seen.w - margin * 2 - plane.w * scale) / 2), y: margin }
}

/** The point at which one looks stays where it is. */
export function zoomed({ x, y, scale }: Camera, by: number, at: { readonly x: number; readonly y: number }): Camera {
  const next = Math.min(most, Math.max(least, scale * by))
  return { scale: next, x: at.x - ((at.x - x) / scale) * next, y: at.y - ((at.y - y) / scale) * next }
}

/** Never so far that nothing is seen any more. */
export function kept({ x, y, scale }: Camera, plane: Size, seen: Size): Camera {
  const within = (at: number, length: number, room: number): number => Math.min(room - 80, Math.max(80 - length * scale, at))
  return { scale, x: within(x, plane.w, seen.w), y: within(y, plane.h, seen.h) }
}
