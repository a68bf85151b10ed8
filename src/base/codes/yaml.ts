/** Codes of YAML text, and of values that do not have the shape their place asks for. */
import type { CodeEntry } from '../codes.ts'

export const yamlCodes = {
  YAML_SYNTAX: {
    severity: 'error',
    message: 'This is not YAML: {what}',
    explain:
      'The text breaks a rule of YAML 1.2 at the place shown. Often the cause is one line earlier: a quote, bracket or brace left open, or a value that needs quotes because it starts with or contains a special character.',
  },
  YAML_OPEN_QUOTE: {
    severity: 'error',
    message: 'This quote is never closed',
    hint: "inside single quotes write '' for a quote, inside double quotes \\\"",
    explain: 'A text that starts with a quote goes on until the same quote, over line ends too. Without it the rest of the file is part of the text.',
  },
  YAML_TAB_INDENT: {
    severity: 'error',
    message: 'A tab is used to indent',
    hint: 'replace the tab by spaces; YAML allows only spaces there',
    explain:
      'YAML forbids tabs in indentation because their width is not defined. Set the editor to insert spaces in .yaml files and replace the tabs at the start of the line.',
  },
  YAML_BAD_INDENT: {
    severity: 'error',
    message: 'The indentation does not fit the lines around it: {what}',
    hint: 'line the keys of one map, and the dashes of one list, up in one column',
    explain:
      'Keys of one map must start in one column, and so must the dashes of one list. A line further to the left ends the block, a line further to the right must belong to the key above it.',
  },
  YAML_BAD_ESCAPE: {
    severity: 'error',
    message: 'Unknown escape in a double-quoted text: {what}',
    hint: 'use single quotes, or write the backslash twice',
    explain:
      "Inside double quotes a backslash starts an escape such as \\n or \\\". Windows paths and regular expressions are easier in single quotes, where a backslash is only a backslash: 'C:\\temp'.",
  },
  YAML_NEEDS_QUOTES: {
    severity: 'error',
    message: 'This value needs quotes: {what}',
    hint: 'put quotes around the whole value',
    explain:
      'An unquoted value may not start with @, `, %, or another indicator, and may not contain ": " or " #". For example `title: a: b` must be `title: "a: b"`.',
  },
  YAML_BROKEN_KEY: {
    severity: 'error',
    message: 'A key must stand on one line and end with a colon',
    hint: 'look for a missing ":" here or on the line before',
    explain:
      'Where a map was begun, every line at that column must be `key: value`. A line without a colon, or a value that goes on at the column of its key, is read as a key that never ends.',
  },
  YAML_DUPLICATE_KEY: {
    severity: 'error',
    message: 'The key "{key}" is written twice in one map',
    hint: 'remove or rename one of the two',
    explain:
      'A map may hold a key once. Other readers silently keep the last one, so that half of the file has no effect; here it is an error that shows both places.',
  },
  YAML_KEY_NOT_TEXT: {
    severity: 'error',
    message: 'A key must be text, not a {kind}',
    hint: 'quote the key; an unquoted "{" or "[" starts a map or a list',
    explain: 'Keys are text. Most often a template such as {{ name }} or a list was written without quotes in the place of a key or value: write "{{ name }}".',
  },
  YAML_KEY_EMPTY: {
    severity: 'error',
    message: 'There is no key before this colon',
    explain: 'A line of a map is `key: value`. Here the part before the colon is missing; quote it if the key shall really be the empty text.',
  },
  YAML_ALIAS_UNKNOWN: {
    severity: 'error',
    message: 'The alias *{name} has no anchor &{name} before it',
    hint: 'quote the text if the star is meant as a star',
    explain:
      'An unquoted `*name` repeats the value that was marked with `&name` earlier in the same document. Write "*name" in quotes for the plain text, as in file patterns.',
  },
  YAML_ALIAS_LOOP: {
    severity: 'error',
    message: 'The alias *{name} contains itself',
    explain: 'An alias was used inside the very value its anchor marks. The value would never end, so it is refused.',
  },
  YAML_ALIAS_LIMIT: {
    severity: 'error',
    message: 'Aliases repeat more than {limit} values',
    hint: 'write fewer aliases of aliases',
    explain: 'Aliases that repeat aliases grow a tiny file without bound. The limit stops that; no real pipeline comes near it.',
  },
  YAML_MERGE_NOT_MAP: {
    severity: 'error',
    message: '"<<" must be given a map, an alias of one, or a list of these',
    explain: 'The merge key `<<` copies the entries of other maps into this one: `<<: *defaults`. A text or a number has no entries to copy.',
  },
  YAML_TAG_IGNORED: {
    severity: 'warning',
    message: 'The tag {tag} has no meaning here and is ignored',
    explain:
      'Only the tags of the YAML 1.2 core schema (!!str, !!int, !!float, !!bool, !!null, !!map, !!seq) are known. The value is read as if the tag were not there.',
  },
  YAML_DIRECTIVE: {
    severity: 'warning',
    message: 'A directive line is not understood: {what}',
    explain: 'Lines that start with % at the head of a document are directives for the YAML reader. Only %YAML and %TAG exist.',
  },
  YAML_TOO_LARGE: {
    severity: 'error',
    message: 'The file is larger than {limit} characters',
    explain:
      'Very large files are refused before they are read, so that a wrong path does not fill the memory. Split the file, or move scripts into files of their own.',
  },
  YAML_TOO_DEEP: {
    severity: 'error',
    message: 'Values are nested more than {limit} levels deep',
    explain: 'Lists and maps may be nested only so far. Text that goes deeper is nearly always generated by mistake.',
  },
  YAML_TEXT_TOO_LONG: {
    severity: 'error',
    message: 'One text is longer than {limit} characters',
    explain: 'A single value of this size is refused. Move the content into a file and read it from there.',
  },
  YAML_MORE: {
    severity: 'info',
    message: '{count} more problems in this file are not shown',
    hint: 'mend the first ones; the others often follow from them',
    explain: 'After a hundred problems of one file the list stops, because early mistakes in YAML cause later ones.',
  },
  YAML_WRONG_KIND: {
    severity: 'error',
    message: '"{path}" must be {expected}, not {found}',
    explain:
      'The value has another form than its place asks for: a list where one text is wanted, a map where a list is wanted, and so on. `key: value` is a map, `- value` a list.',
  },
  YAML_UNKNOWN_KEY: {
    severity: 'error',
    message: 'Unknown key "{key}" in {where} (line {line})',
    explain:
      'The key is not one of those its place knows: a misspelling, a wrong upper or lower case letter, or a wrong indentation that put it into another map.',
  },
  YAML_MISSING_KEY: {
    severity: 'error',
    message: 'The key "{key}" is missing in {where}',
    hint: 'add "{key}:"',
    explain: 'The map at the place shown needs this key. A key without a value (`key:`) counts as missing too.',
  },
  YAML_EMPTY_VALUE: {
    severity: 'warning',
    message: '"{path}" has no value and counts as absent',
    hint: 'remove the key, or write "" for the empty text',
    explain: 'After `key:` nothing follows, which YAML reads as null. Often the value below is not indented enough to belong to it.',
  },
  YAML_KEY_NOT_USED: {
    severity: 'info',
    message: '"{path}" has no effect here: {reason}',
    explain: 'The key belongs to the format and is accepted, but nothing in this program needs it. It can stay.',
  },
  YAML_NOT_A_CHOICE: {
    severity: 'error',
    message: '"{path}" is "{found}", but must be one of: {allowed}',
    explain: 'Only the listed words are valid here, and upper and lower case letters count.',
  },
  YAML_NOT_A_NUMBER: {
    severity: 'error',
    message: '"{path}" must be {expected}, not "{found}"',
    explain: 'A number is wanted: digits, perhaps a sign and a decimal point, without a unit.',
  },
  YAML_NOT_A_FLAG: {
    severity: 'error',
    message: '"{path}" must be true or false, not "{found}"',
    explain: 'A switch is written `true` or `false`, without quotes.',
  },
  YAML_OLD_BOOLEAN: {
    severity: 'warning',
    message: '"{path}" is "{found}", which is text in YAML 1.2; it is read as {value}',
    hint: 'write {value}',
    explain:
      'The words yes, no, on and off meant true and false in YAML 1.1. They are still understood where a switch is wanted, but `true` and `false` are read the same everywhere.',
  },
  YAML_BAD_TEXT: {
    severity: 'error',
    message: '"{path}" must be {expected}, not "{found}"',
    explain: 'The text does not have the form that its place asks for. The message names the form.',
  },
  YAML_EMPTY_TEXT: {
    severity: 'error',
    message: '"{path}" must not be empty',
    explain: 'An empty text has no meaning here. Give a value, or remove the key if it is not required.',
  },
  YAML_ONE_KEY: {
    severity: 'error',
    message: '{where} must hold exactly one of the keys {allowed}{found}',
    explain:
      'An entry of this list says by its one key what it is: for example `- step:` or `- parallel:`. Two such keys in one entry usually lack a dash before the second.',
  },
  YAML_UNKNOWN_TAG_VALUE: {
    severity: 'error',
    message: '{where} has {tag} "{found}", which is not known',
    explain: 'The value of this key decides what the rest of the map means, so it must be one of the known words; upper and lower case letters count.',
  },
} as const satisfies Record<string, CodeEntry>
