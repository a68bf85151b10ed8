/** Codes of the expression language `<+...>`. */
import type { CodeEntry } from '../codes.ts'

export const exprCodes = {
  EXPR_UNCLOSED: {
    severity: 'error',
    message: 'This "<+" has no closing ">"',
    hint: 'close the expression with ">"',
    explain:
      'An expression is written between `<+` and `>`: <+pipeline.name>. Expressions may be nested, and each needs its own closing sign: <+<+pipeline.name> == "x">.',
  },
  EXPR_SYNTAX: {
    severity: 'error',
    message: 'The expression cannot be read: {what}',
    explain:
      'The text between `<+` and `>` follows the grammar of JEXL: paths, method calls, quoted texts, numbers, operators and parentheses. Text that is not part of the expression belongs outside of the delimiters.',
  },
  EXPR_OPEN_QUOTE: {
    severity: 'error',
    message: 'The text that starts here is never closed',
    hint: 'add the closing {quote}; inside the text write \\{quote}',
    explain: 'A quoted text in an expression ends at the same quote it began with. A quote inside it needs a backslash: "say \\"hi\\"".',
  },
  EXPR_EMPTY: {
    severity: 'error',
    message: 'There is nothing between "<+" and ">"',
    explain: 'An expression must name a value, such as <+pipeline.name>.',
  },
  EXPR_STATEMENT: {
    severity: 'error',
    message: '{what} is not possible in an expression',
    hint: 'expressions only compute a value; put logic into a Run step',
    explain:
      'Assignments, variables, blocks, loops, functions and `new` belong to scripts. An expression computes one value from others. To compare two values write ==, not =.',
  },
  EXPR_TOO_DEEP: {
    severity: 'error',
    message: 'The expression is nested or chained more than {limit} levels deep',
    hint: 'split it: give parts names as pipeline variables',
    explain: 'Parentheses, nested delimiters and chains of operators may go only so deep. A variable can hold a part of a long expression.',
  },
  EXPR_UNKNOWN_PATH: {
    severity: 'error',
    message: '"{path}" is not known: {where} has no "{name}"',
    explain:
      'A path is followed name by name, and one name does not exist there. Check its spelling and whether the value exists at this place: outputs of a step need `.output.outputVariables.NAME`, and variables must be declared.',
  },
  EXPR_HYPHEN: {
    severity: 'error',
    message: 'The "-" after "{path}" is read as minus',
    hint: 'for the name "{name}" write {better}',
    explain: 'A name with a hyphen must be quoted, because a-b means a minus b: <+pipeline.variables.get("my-name")> or <+pipeline.variables["my-name"]>.',
  },
  EXPR_NO_VALUE: {
    severity: 'error',
    message: '"{path}" is a group of values, not a value',
    hint: 'name one of its members: {names}',
    explain: 'The path ends at a node that only has members, such as <+pipeline.variables>. Name the member you want.',
  },
  EXPR_NULL: {
    severity: 'error',
    message: '{what} cannot be used on nothing (null)',
    hint: 'test it first: x != null, or give a default: x ?: "default"',
    explain: 'The value is null at this point of the run: a pull request number in a branch build, for example. Methods and members need a value.',
  },
  EXPR_ABSENT: {
    severity: 'info',
    message: '"{path}" is null here: {why}',
    hint: 'where null is not wanted, give a default: <+{path} ?: "default">',
    explain:
      'The name exists, but has no value in this run: an output of a step that was skipped, a pull request number in a branch build. It is null, and "null" inside a longer text. Conditions count on that and are told nothing.',
  },
  EXPR_NULL_ANSWER: {
    severity: 'warning',
    message: 'The answer to the input {path} is an expression that gives nothing (null)',
    hint: 'the default of the input does not step in for it; give the default inside the expression: <+x ?: "default">',
    explain:
      'A run-time input was answered with an expression, and the expression is null in this run. The default of an input holds only where nobody answers, so the value is null.',
  },
  EXPR_UNKNOWN_METHOD: {
    severity: 'error',
    message: '{type} has no method "{name}"',
    explain:
      'Texts, lists and maps have the harmless methods of their Java namesakes, such as contains, split or get. Methods that reach into the program, such as getClass, do not exist.',
  },
  EXPR_BAD_ARGUMENT: {
    severity: 'error',
    message: '{name}: {what}',
    explain: 'A method or function was called with the wrong number or type of values. The message names what it needs.',
  },
  EXPR_UNKNOWN_FUNCTION: {
    severity: 'error',
    message: 'There is no function "{name}"',
    explain:
      'Functions are secrets.getValue("id"), json.select, json.object, json.list, json.format, regex.extract, regex.replace and regex.match, and those that the place of use adds.',
  },
  EXPR_NOT_SUPPORTED: {
    severity: 'error',
    message: '{what} is part of the expression language but not supported here',
    explain: 'The construct exists in the original, but nothing here implements it. Compute the value in a Run step and export it as an output variable.',
  },
  EXPR_BAD_OPERAND: {
    severity: 'error',
    message: '"{operator}" cannot be applied to {left} and {right}',
    explain: 'The operator needs other values: arithmetic needs numbers (or texts of digits), comparison two numbers or two texts.',
  },
  EXPR_DIVISION_BY_ZERO: {
    severity: 'error',
    message: 'Division by zero',
    explain: 'The right side of / or % is zero.',
  },
  EXPR_OUT_OF_RANGE: {
    severity: 'error',
    message: '{name}: index {index} is outside of 0 to {last}',
    explain:
      'Positions count from 0. The text or list is shorter than the expression expects; split() of a text without the separator, for example, gives one item.',
  },
  EXPR_SECRET_OPAQUE: {
    severity: 'error',
    message: '{what} would have to look into a secret',
    hint: 'secrets can be passed on and joined with other text; compare or cut them in a Run step',
    explain:
      'While a pipeline is planned only the names of secrets are known, never their content. A secret can be put into a text, but not compared, searched, measured or cut.',
  },
  EXPR_REGEX: {
    severity: 'error',
    message: 'The regular expression "{pattern}" cannot be used: {what}',
    explain:
      'Patterns follow Java, without the constructs that can take exponential time: no look-ahead or look-behind, no back references, no possessive quantifiers. Anchors, groups, classes, lazy and counted repetition work.',
  },
  EXPR_JSON: {
    severity: 'error',
    message: '{name}: {what}',
    explain: 'The function was given a text that is not JSON, or a path that does not lead to a value in it. Paths look like "data.items[0].name".',
  },
  EXPR_LOOP: {
    severity: 'error',
    message: 'The value of "{path}" refers to itself',
    explain: 'Values may contain expressions that name other values. Following them led back to the start.',
  },
  EXPR_TOO_LARGE: {
    severity: 'error',
    message: 'The value is larger than {limit} KB',
    hint: 'pass large data as a file in the workspace',
    explain: 'An expression may give at most 256 KB of text. Nothing is cut off silently: more is an error.',
  },
  EXPR_TOO_MUCH_WORK: {
    severity: 'error',
    message: 'The expression needs too many steps to compute',
    explain:
      'Every expression has a budget of steps, so that no pattern and no nesting can stall a run. Simplify the expression or compute the value in a Run step.',
  },
  EXPR_INPUT: {
    severity: 'error',
    message: 'The run-time input cannot be read: {what}',
    explain:
      'A run-time input is written <+input>, followed by any of .default(x), .allowedValues(a,b), .selectOneFrom(a,b), .selectManyFrom(a,b), .regex(p) and .executionInput().',
  },
  EXPR_INPUT_DEFAULT: {
    severity: 'error',
    message: 'The default "{value}" is not among the allowed values: {allowed}',
    explain: 'When allowed values are listed, the default must be one of them: <+input>.default(b).allowedValues(a,b).',
  },
  EXPR_INPUT_VALUE: {
    severity: 'error',
    message: 'The value "{value}" is not accepted: it must be {wanted}',
    explain: 'The run-time input says which values it takes, by .allowedValues(), .selectOneFrom(), .selectManyFrom() or .regex(). Give one of those.',
  },
  EXPR_INPUT_STAR: {
    severity: 'error',
    message: 'A default may not start with "*"',
    hint: 'quote it: .default("*")',
    explain: 'An unquoted star at the start of a default is not accepted by the original. In quotes it is.',
  },
} as const satisfies Record<string, CodeEntry>
