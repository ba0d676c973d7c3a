import Datasets
import Explaining

/// How far a data set has come, on the terminal's last line.
struct BatchMeter {
  private let start = ContinuousClock.now
  private let line = ProgressLine()
  private let words: String

  init(_ shard: Shard?) { words = shard.map { "shard \($0.index)/\($0.count): " } ?? "" }

  func report(_ progress: DatasetRun.Progress) {
    // Often enough for the eye.
    guard progress.pictures % 16 == 0 else { return }
    let seconds = (ContinuousClock.now - start) / .seconds(1), made = progress.explained - progress.found
    let bad = progress.unusable > 0 ? ", \(progress.unusable) could not be used" : ""
    line.say(
      "\(words)\(progress.pictures) pictures\(bad), \(Wording.fixed(Double(made) / seconds, places: 1)) a second …")
  }

  func finish() { line.finish() }
}
