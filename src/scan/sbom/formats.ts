/** The forms of bills of materials. */
export const sbomFormats = ['cyclonedx-json', 'spdx-json'] as const
export type SbomFormat = (typeof sbomFormats)[number]
