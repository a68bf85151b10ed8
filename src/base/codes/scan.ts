/** What goes wrong with scans: the scanner and its database, what to scan, what to ignore, results of others, the gate. */
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
  SCAN_GATE_FAILED: {
    severity: 'error',
    message: '{count} in {target} {are} {level} or worse: {worst}',
    hint: 'Update what the list names. A flaw that does no harm here goes into .trivyignore, with a day at which it counts again.',
    explain:
      'The scan has worked, and it found what the step or the command says is too bad (`fail_on_severity`, `--fail-on`). The step has failed, so later steps with the usual condition are skipped: nothing is pushed. The whole list is in the log of the step.',
  },
  SCAN_NOT_DONE: {
    severity: 'warning',
    message: '{target} was NOT scanned: {reason}',
    hint: 'Give the scanner its database, and it will be. Nothing is known about this image.',
    explain:
      'There was nothing to compare the image with, and the configuration says that this is no error (`withoutDatabase: not-scanned` below `scan:`). The step is skipped and has no output variables: no number of findings is known, not even zero.',
  },
  SCAN_SOURCE_MISSING: {
    severity: 'error',
    message: 'The step does not say what to scan: {what}.',
    hint: 'An archive is named by `target.workspace`, an image by `image.name` with `domain` and `tag`, a file of results by `ingestion.file`.',
    explain: 'The mode, the configuration and the type of the image decide which settings name the thing to scan. That setting is not there.',
  },
  SCAN_SOURCE_UNSUPPORTED: {
    severity: 'error',
    message: '{what} cannot be scanned here: {reason}',
    explain: 'The setting is valid, and what it means is not here: an artifact of a Harness account, or an instance that runs somewhere.',
  },
  SCAN_RESULTS_UNREADABLE: {
    severity: 'error',
    message: 'The results in {file} cannot be read: {reason}.',
    hint: 'Write them with `trivy image --format json`, or as SARIF 2.1.0. A file without results has a list that is empty, not a file that is.',
    explain:
      'Mode ingestion reads what a scanner wrote before. The file is not there, or it is not what it should be; read as an empty list it would say that nothing was found.',
  },
  SCAN_RESULTS_NOWHERE: {
    severity: 'error',
    message: 'The registry keeps no results of a scan for {image}: {there}.',
    hint: 'Attach some as SARIF or as the JSON of trivy (artifact types application/sarif+json, application/vnd.aquasec.trivy.report+json), or scan with mode orchestration.',
    explain:
      'Mode extraction takes results that are kept elsewhere: beside the image in its registry, as an artifact that refers to it. There is none of a form that can be read.',
  },
  SCAN_UNJUDGED: {
    severity: 'warning',
    message: '{what} could not be judged: {reason}{places}',
    explain:
      'The image holds something that the scanner cannot compare with advisories, or for which its database has none. That nothing was found in it proves nothing.',
  },
  SCAN_SYSTEM_UNJUDGED: {
    severity: 'error',
    message: 'Nobody can say whether {what} have flaws: {reason}',
    hint: 'Bring a database that knows this system, or do without a gate for it.',
    explain:
      'The image holds packages of a distribution for which the database has no advisories at all, and the scan shall hold up what is too bad. Letting it pass would say that it was looked at. `withoutDatabase: not-scanned` below `scan:` in the configuration lets it pass, with a warning.',
  },
  SCAN_IGNORE_WRONG: {
    severity: 'warning',
    message: 'The ignore file says {what}, which means nothing: the line is not used',
    hint: 'A line is the name of a flaw, perhaps with exp:2026-12-31 behind it; comments begin with #.',
    explain: 'A line that is not understood hides nothing: what it names still counts.',
  },
  SCAN_IGNORE_ENDED: {
    severity: 'warning',
    message: 'Ignoring {id} has ended on {day}: it counts again',
    hint: 'Deal with it, or decide anew and give another day.',
    explain: 'The ignore file gives a day for this flaw, and it has come.',
  },
  SCAN_IGNORE_UNREADABLE: {
    severity: 'error',
    message: 'The ignore file {file} cannot be read: {reason}',
    explain: 'Somebody has named it, so going on without it would not be what they asked for.',
  },
  SCAN_ARGUMENTS_UNUSED: {
    severity: 'warning',
    message: 'The scanner {scanner} does not know {arguments}',
    hint: 'These are arguments of trivy; with `scanner: trivy` below `scan:` in the configuration trivy scans.',
    explain:
      'The step gives arguments for the command line of trivy. Those that say what is counted (`--severity`, `--ignore-unfixed`, `--ignorefile`) are understood by every scanner here; the others only by trivy itself.',
  },
  SCAN_ARGUMENTS_REFUSED: {
    severity: 'error',
    message: 'The argument {argument} of trivy cannot be given by a step: {reason}',
    explain: 'Some arguments would change where the report goes, or what is told with it, and the results could not be read any more.',
  },
  SCANNER_MISSING: {
    severity: 'error',
    message: 'The scanner {scanner} is not there: {reason}',
    hint: 'Install it, name its file or its image in the configuration (scan: trivy or trivyImage), or use the embedded scanner (scan: scanner: osv).',
    explain: 'The configuration, or `--scanner`, asks for a scanner that is a program of its own. It was looked for on PATH and where the configuration says.',
  },
  SCANNER_FAILED: {
    severity: 'error',
    message: 'The scanner {scanner} failed: {reason}',
    explain: 'The program ended in another way than a scan ends, or what it wrote is no report. Whatever it has found is not used: it may be a part only.',
  },
  SCAN_BASELINE_UNREADABLE: {
    severity: 'warning',
    message: 'What the scan of {target} before this one found cannot be read: {reason}; everything counts as new',
    explain: 'The data folder keeps the findings of the last scan for each target and variant, to say what is new. The file is damaged; it is written anew.',
  },
} as const satisfies Record<string, CodeEntry>
