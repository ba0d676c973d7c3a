import AttributionKit

/// How the command settles what libraries speak of, who know no options.
struct Hint {
  /// The options, as people are told them: `--size`.
  let options: String

  /// The hint on a setting; `nil` where the command has none.
  static func of(_ setting: Setting) -> Hint? { all[setting].map(Hint.init) }

  private static let all: [Setting: String] = [
    .architecture: "--network NAME --weights FILE", .imageSize: "--size", .output: "--logits",
    .fixedInputs: "--input NAME=FILE.npy", .precision: "--precision",
  ]
}

extension Hint {
  /// A library's sentence with the option that is the remedy.
  static func completing(_ sentence: String, about setting: Setting?) -> String {
    sentence + (setting.flatMap(of).map { " (\($0.options))" } ?? "")
  }
}
