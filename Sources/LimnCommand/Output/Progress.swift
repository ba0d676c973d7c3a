import Foundation

/// What a long command is doing, on one line of standard error that is rewritten in place.
///
/// Nothing appears where no terminal looks, nor before half a second has passed.
struct Progress {
  private let start = ContinuousClock.now
  private let patience = Duration.milliseconds(500)

  func report(_ activity: @autoclosure () -> String) {
    guard Console.errorsAreSeen, ContinuousClock.now - start > patience else { return }
    Progress.write("\r\u{1B}[K\(activity())")
  }

  /// Wipes the line, before anything else is said.
  func finish() {
    guard Console.errorsAreSeen, ContinuousClock.now - start > patience else { return }
    Progress.write("\r\u{1B}[K")
  }

  private static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
