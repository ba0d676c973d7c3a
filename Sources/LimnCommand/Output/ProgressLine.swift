import AttributionKit
import Explaining
import Foundation

/// What a long command is doing, on one line of standard error that is rewritten in place.
///
/// Nothing appears where no terminal looks, nor before half a second has passed.
struct ProgressLine: Sendable {
  private let start = ContinuousClock.now
  private let patience = Duration.milliseconds(500)

  func report(_ activity: Activity) {
    guard isDue else { return }
    let words =
      if let passes = activity.passes {
        "\(activity.picture): pass \(passes.passes) of \(passes.total) …"
      } else {
        "\(activity.picture) (\(activity.index + 1) of \(activity.count)) …"
      }
    Self.write("\r\u{1B}[K\(words.printable)")
  }

  /// Shows other words.
  func say(_ words: String) { if isDue { Self.write("\r\u{1B}[K\(words.printable)") } }

  /// Wipes the line, before anything else is said.
  func finish() { if isDue { Self.write("\r\u{1B}[K") } }

  private var isDue: Bool { Console.errorsAreSeen && ContinuousClock.now - start > patience }

  private static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
