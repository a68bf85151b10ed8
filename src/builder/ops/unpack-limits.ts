/** How far archives and layers may grow when they are unpacked. */

/** Up to `least` bytes anything may; beyond that not more than `growth`-fold. Real systems grow three- to tenfold. */
export const unpackLimits: { readonly growth: number; readonly least: number } = { growth: 200, least: 8 * 2 ** 30 }
