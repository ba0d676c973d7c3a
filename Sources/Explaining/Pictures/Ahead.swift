import Dispatch
package import Images
import Synchronization

/// Something that another thread makes while this one goes on.
///
/// Where only one thread may work, it is made when it is asked for.
package final class Ahead<Value: Sendable>: Sendable {
  private let group = DispatchGroup()
  private let state: Mutex<State>

  private enum State: Sendable {
    case waiting(@Sendable () throws -> Value)
    case made(Result<Value, any Error>)
  }

  package init(by workers: Workers, _ make: @escaping @Sendable () throws -> Value) {
    state = Mutex(.waiting(make))
    guard !workers.isSingle else { return }
    DispatchQueue.global(qos: .userInitiated).async(group: group) { [self] in _ = result() }
  }

  /// What was made, or the error met in making it.
  package func get() throws -> Value {
    group.wait()
    return try result().get()
  }

  private func result() -> Result<Value, any Error> {
    state.withLock { state in
      if case .made(let result) = state { return result }
      guard case .waiting(let make) = state else { preconditionFailure("made or not") }
      let result = Result { try make() }
      state = .made(result)
      return result
    }
  }
}
