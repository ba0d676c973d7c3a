import Foundation
import Reporting

/// The command as somebody would type it again.
enum CommandText {
  /// This run's.
  static let current = line(CommandLine.arguments)

  /// Arguments with quotation marks where a shell needs them; the program goes by its name.
  static func line(_ arguments: [String]) -> String {
    let program = arguments.first.map { URL(fileURLWithPath: $0).lastPathComponent } ?? "limn"
    return ([program] + arguments.dropFirst()).map(quoted).joined(separator: " ")
  }

  private static func quoted(_ word: String) -> String {
    let isPlain = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "-_./=:,+@%".contains($0) }
    return isPlain ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }

  /// What writes files, pages with the command in them.
  static let writers: [any ReportWriter] = ReportWriters.all.map {
    $0 is PageWriter ? PageWriter(command: current) : $0
  }
}
