import AttributionKit
import Datasets
import Evaluating
import Explaining

/// How the command settles what libraries speak of, who know no options.
enum Hint {
  /// A library's sentence on what cannot be, with the option that is the remedy.
  static func completing(_ sentence: String, about setting: Setting?) -> String {
    guard let setting else { return sentence }
    return sentence + (clauses[setting] ?? options[setting].map { " (\($0))" } ?? "")
  }

  /// A library's note on what it assumed, with the option that settles it.
  static func completing(_ note: Note) -> String {
    note.sentence + (note.setting.flatMap { options[$0] }.map { "; choose with \($0)" } ?? "")
  }

  private static let options: [Setting: String] = [
    .architecture: "--network NAME --weights FILE", .imageSize: "--size", .output: "--logits",
    .answer: "--answer", .outputOrAnswer: "--logits or --answer numbers",
    .outputStepOrAnswer: "--logits, --step or --answer numbers",
    .fixedInputs: "--input NAME=PICTURE, NAME=FILE.npy or NAME=NUMBER", .classVectors: "--classes TEXT … or FILE.npy",
    .precision: "--precision", .labels: "--labels FILE",
    .recipe: "--preset, --mean, --std, --fit", .mean: "--mean", .deviation: "--std", .scale: "--scale",
    .channelOrder: "--channel-order", .fit: "--fit letterbox", .score: "--score logit", .region: "--region",
    .reference: "--similar-to IMAGE",
    .box: "--box", .detection: "'detection' in a manifest", .pixelLimit: "--megapixels", .objects: "--masks",
    .shard: "--shard INDEX/COUNT or LIMN_SHARDS",
  ]

  /// What ends a sentence where no option is the remedy but another command.
  private static let clauses: [Setting: String] = [
    .layer: ": `limn layers` shows them all", .target: "; `limn predict` shows some",
    .manifest: "; `limn init` writes one",
  ]
}
