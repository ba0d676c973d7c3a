public import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels

extension ModelFileError {
  /// An error of the engine or of a reader of files as people are told it; `nil` for errors of others.
  public init?(readersError error: any Error) {
    switch error {
    case let error as ModelFileError: self = error
    case let error as any NetworkFileError: self.init(error)
    case let error as GraphModelError: self.init(error)
    case let error as GraphError: self.init(.unsupported, "\(error)")
    default: return nil
    }
  }

  private init(_ error: any NetworkFileError) {
    switch error.fault {
    case .missing: self.init(.missing, "\(error)")
    case .unreadable: self.init(.unreadable, "\(error)")
    case .damaged: self.init(.damaged, "\(error)")
    case .unsupported: self.init(.unsupported, "\(error)")
    case .absent: self.init(.absent, "\(error)")
    case .imageSize: self.init(.request, "\(error)", about: .imageSize)
    case .architecture: self.init(.request, "\(error)", about: .architecture)
    }
  }

  private init(_ error: GraphModelError) {
    let setting: Setting? =
      switch error {
      case .noSuchOutput, .noSuchRow: .output
      case .noInput, .notOneImage, .wrongInput, .unwritable, .unrecorded, .tooManyPasses: nil
      }
    self.init(.unsupported, "\(error)", about: setting)
  }
}

/// What `body` opens on the threads that the request allows, its errors told as a format must tell them.
func reading<Value>(_ request: ModelRequest, _ body: () throws -> Value) throws -> Value {
  let engine = request.threads.map { Engine(threads: $0) } ?? .standard
  do { return try engine.run(body) } catch { throw ModelFileError(readersError: error) ?? error }
}
