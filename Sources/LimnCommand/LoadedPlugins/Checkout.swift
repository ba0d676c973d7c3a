import Foundation

/// The sources of Limn, whose kit plugins are built against.
enum Checkout {
  /// The folder that `LIMN_SOURCE` names, or the one this program was built in.
  static func path() throws(Failure) -> String {
    if let named = ProcessInfo.processInfo.environment["LIMN_SOURCE"], !named.isEmpty {
      let path = URL(fileURLWithPath: named).standardizedFileURL.path
      guard holdsKit(path) else {
        throw .missingInput("LIMN_SOURCE is '\(named)', which holds no Sources/LimnKit: name a checkout of Limn")
      }
      return path
    }
    var places: [String] = []
    if let program = Bundle.main.executablePath { places += ancestors(of: program) }
    places += ancestors(of: #filePath)
    guard let path = places.first(where: holdsKit) else {
      throw .missingInput(
        "the sources that this limn was built from are gone: set LIMN_SOURCE to a checkout of the same release")
    }
    return path
  }

  private static func holdsKit(_ folder: String) -> Bool {
    FileManager.default.fileExists(atPath: folder + "/Sources/LimnKit/Package.swift")
  }

  private static func ancestors(of path: String) -> [String] {
    var folders: [String] = []
    var place = path
    while place.count > 1 {
      place = (place as NSString).deletingLastPathComponent
      folders.append(place)
    }
    return folders
  }
}
