/** What goes wrong while images are scanned for flaws. */
import type { CodeEntry } from '../codes.ts'

export const scanCodes = {
  SCAN_DATABASE_MISSING: {
    severity: 'error',
    message: 'The scanner {scanner} has no vulnerability database: {reason}.',
    hint: '{remedy}',
    explain:
      'A scan compares the packages of an image with a database of advisories. Without one nothing can be found, and a report without findings would say that the image is sound. So this is an error.',
  },
  SCAN_DATABASE_EMPTY: {
    severity: 'error',
    message: 'The vulnerability database {database} of the scanner {scanner} holds no advisories.',
    hint: '{remedy}',
    explain:
      'The database is there and can be read, but there is nothing in it, or nothing for any kind of package that could be in an image. Scanning with it would find nothing in every image.',
  },
  SCAN_DATABASE_STALE: {
    severity: 'error',
    message: 'The vulnerability database {database} of the scanner {scanner} is from {date}; the oldest that is accepted is {limit} days old.',
    hint: '{remedy}',
    explain: 'Flaws that became known since that day are not in it. Renew the database, or accept older ones by saying how many days old it may be.',
  },
  SCAN_DATABASE_BROKEN: {
    severity: 'error',
    message: 'The vulnerability database {database} of the scanner {scanner} cannot be used: {reason}.',
    hint: '{remedy}',
    explain:
      'A part of it is missing, was cut, or is not what its own records say. Its answers would be incomplete without anybody noticing, so it is not used.',
  },
  SCAN_IMPORT_REFUSED: {
    severity: 'error',
    message: 'Cannot import advisories from {source}: {reason}.',
    hint: 'Give folders with JSON files in the format of OSV, or zip or tar archives of them, such as the all.zip of an ecosystem.',
    explain:
      'Advisories are imported into a database before images are compared with them. A source that cannot be read as a whole is refused, since a database of a part of it would miss flaws. The database that was there before stays as it was.',
  },
  SCAN_NOTHING_JUDGED: {
    severity: 'error',
    message: 'Nothing in {target} could be judged: {reasons}.',
    hint: 'Import advisories for what is in the image, or scan it with another scanner.',
    explain:
      'The image holds packages, but the database has no advisories for any of their kinds. A report without findings would say that the image is sound, which nobody knows. So this is an error.',
  },
  SCAN_TARGET_REFUSED: {
    severity: 'error',
    message: 'The scanner {scanner} cannot scan {target}: {reason}.',
    explain: 'Scanners differ in what they can look at. Give it another form of the same thing, such as an image or an archive, or choose another scanner.',
  },
} as const satisfies Record<string, CodeEntry>
