public import Foundation

/// Reference numbers and networks too large for the project, in the folder named by `LIMN_TEST_DATA`.
public enum TestData {
  public static let folder = ProcessInfo.processInfo.environment["LIMN_TEST_DATA"].map {
    URL(fileURLWithPath: $0, isDirectory: true)
  }
  public static var isAvailable: Bool { folder != nil }
  public static let remedy = "set LIMN_TEST_DATA to the folder with the reference data"

  /// The file at `path` inside the folder.
  public static func file(_ path: String) throws -> URL {
    guard let folder else { throw CocoaError(.fileNoSuchFile) }
    return folder.appendingPathComponent(path)
  }
}
