/** Codes of the settings table, and of the image job made from it. */
import type { CodeEntry } from '../codes.ts'

export const settingsCodes = {
  SETTINGS_UNKNOWN_VARIABLE: {
    severity: 'warning',
    message: 'No image plugin reads the variable {name}; it is ignored.',
    explain:
      'A variable named PLUGIN_… is a setting of the image plugins, and this one is in none of their tables. Correct its name or remove it. With --strict this is an error.',
  },
  SETTINGS_UNKNOWN_FIELD: {
    severity: 'error',
    message: 'A step of type {type} has no field "{field}".',
    explain: 'The field is not part of this step type, so nothing would happen with it. Check the spelling and the level of indentation.',
  },
  SETTINGS_REQUIRED: {
    severity: 'error',
    message: 'A step of type {type} needs the field {field}.',
    explain: 'The step cannot name what it should push, or where, without this field. Add it to the spec of the step.',
  },
  SETTINGS_TWICE: {
    severity: 'error',
    message: 'The fields "{first}" and "{second}" are two names of one setting.',
    hint: 'Keep one of them.',
    explain: 'Both fields name the image that keeps the layers between builds. Every step type takes either name, but not both at once.',
  },
  SETTINGS_CONFLICT: {
    severity: 'error',
    message: 'The {first} and the {second} are two names of one setting, with different values.',
    hint: 'Keep one of them. The original looks at {name} first and never sees the other.',
    explain:
      'The image plugins know some settings by two variables and use the first one that is present, even when it is empty. Two different values therefore hide a mistake, such as a push nobody wanted, so Slipway does not choose.',
  },
  SETTINGS_OVERRIDDEN: {
    severity: 'warning',
    message: 'The {winner} wins over the {loser}, which says something else.',
    explain:
      "One setting is given on several levels with different values. The step's own variables win, then its fields, outputs of earlier steps, stage variables and pipeline variables. Remove the value that is not meant.",
  },
  SETTINGS_NOT_A_FLAG: {
    severity: 'error',
    message: 'The {what} is "{value}", which is neither true nor false.',
    hint: 'Accepted are true, t, 1 and false, f, 0 (also TRUE, True, T, FALSE, False, F); an empty text is false.',
    explain: 'The original refuses to start when an on-off setting holds any other word, for example yes or on. Use one of the accepted words.',
  },
  SETTINGS_NOT_A_NUMBER: {
    severity: 'error',
    message: 'The {what} is "{value}", which is not a whole number.',
    explain: 'The setting counts something, such as tries or hours, and takes digits only.',
  },
  SETTINGS_SECRET_NOT_ALLOWED: {
    severity: 'error',
    message: 'The {what} is a secret, but this setting is an on-off switch or a number.',
    hint: 'Write the value itself, or use a variable that is not a secret.',
    explain: 'Slipway plans with the names of secrets, never with their values, so a decision cannot depend on one.',
  },
  SETTINGS_BAD_PAIR: {
    severity: 'error',
    message: 'The {what} holds "{value}", which is not of the form NAME=VALUE.',
    hint: 'A secret can stand for the value, not for the name.',
    explain: 'Labels, build arguments and build secrets are lists of NAME=VALUE. The original drops a malformed item without a word; Slipway stops.',
  },
  SETTINGS_NOT_TEXT: {
    severity: 'error',
    message: 'The {what} holds a list or a map where a text belongs.',
    explain: 'The setting takes one value. Write it on the same line as its name.',
  },
  SETTINGS_NOT_A_LIST: {
    severity: 'error',
    message: 'The {what} must be a list of texts.',
    explain: 'Write one item a line, each with a dash before it. Lists of lists and lists of maps are not accepted.',
  },
  SETTINGS_NOT_A_MAP: {
    severity: 'error',
    message: 'The {what} must be a map of names to texts.',
    explain: 'Write one NAME: VALUE a line. Values that are lists or maps themselves are not accepted.',
  },
  SETTINGS_NUMBER_FOR_TEXT: {
    severity: 'warning',
    message: '{what} is written as the number {value}.',
    hint: 'Put it in quotes: a leading zero is lost otherwise, or makes it an octal number.',
    explain: 'An account id has twelve digits and may begin with zero. YAML reads unquoted digits as a number and drops the zero.',
  },
  SETTINGS_VALUE_COERCED: {
    severity: 'warning',
    message: 'The variable {name} is not a text; it becomes "{value}".',
    hint: 'Put the value in quotes.',
    explain: 'Variables are text. YAML reads true, 10 or 1.10 as a boolean or a number, and the text made from it may differ from what was written.',
  },
  SETTINGS_NO_EFFECT: {
    severity: 'warning',
    message: 'The {what} has no effect: {because}.',
    explain: 'The setting is accepted so that files written for the original work unchanged, but nothing here depends on it. It can be removed.',
  },
  SETTINGS_BEYOND_ORIGINAL: {
    severity: 'info',
    message: 'Slipway honours {name}; the original {tool} plugin for {variant} would ignore it.',
    explain: 'Every step type takes the settings of every image plugin here. The same file may behave differently where the original runs it.',
  },
} as const satisfies Record<string, CodeEntry>
