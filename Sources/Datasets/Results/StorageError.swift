import Foundation

/// A result that could not be stored.
package struct StorageError: Error, CustomStringConvertible {
  /// The file.
  let path: String
  /// The system's number of what went wrong.
  let code: Int32

  package init(_ path: String, _ code: Int32 = errno) { (self.path, self.code) = (path, code) }

  /// Whether another attempt may do: a full disk is emptied, a lost server comes back; what may not be written stays so.
  package var mayPass: Bool { ![EACCES, EPERM, EROFS, ENOTDIR, ENAMETOOLONG, EISDIR, EINVAL].contains(code) }

  package var description: String {
    "cannot write \(path) (\(String(cString: strerror(code)).lowercased())): "
      + (mayPass
        ? "make room or mend it, and run the same command again, which goes on where it stopped"
        : "choose another folder with -o, or let yourself write there")
  }
}
