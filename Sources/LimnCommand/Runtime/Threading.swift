import Foundation

/// How much of the machine is used.
enum Threading {
  /// More threads than this only wait for one another, and thousands of them exhaust the machine.
  static let sensibleCounts = 1...max(16, 4 * ProcessInfo.processInfo.processorCount)
}
