import Foundation

/// Who else could have written a file that is about to run as part of this program.
enum PluginTrust {
  /// Makes sure that only the user and the system's owner may change the file, or put another in its place.
  static func check(_ path: String) throws(Failure) {
    guard let resolved = realpath(path, nil) else {
      throw .missingInput("there is no plugin \(path), or you may not read it")
    }
    defer { free(resolved) }
    var place = String(cString: resolved)
    try check(place, isFolder: false, asked: path)
    while place != "/" {
      place = (place as NSString).deletingLastPathComponent
      try check(place, isFolder: true, asked: path)
    }
  }

  private static func check(_ place: String, isFolder: Bool, asked: String) throws(Failure) {
    var status = stat()
    guard stat(place, &status) == 0 else {
      throw .missingInput("\(place) cannot be looked at (\(String(cString: strerror(errno))))")
    }
    let mode = status.st_mode
    guard isFolder || mode & S_IFMT == S_IFREG else { throw .badData("\(asked) is no file: give the plugin's library") }
    let remedy = "so the plugin \(asked) is not loaded"
    guard status.st_uid == 0 || status.st_uid == geteuid() else {
      throw .badData("\(place) belongs to another user, \(remedy): install it as a file of your own")
    }
    // In a folder such as /tmp everyone may write, but nobody may replace another's file.
    let isSticky = isFolder && mode & S_ISVTX != 0
    guard mode & S_IWOTH == 0 || isSticky else {
      throw .badData("anyone may write to \(place), \(remedy): `chmod o-w '\(place)'`")
    }
  }
}
