import COneDNN

/// What networks compute with: a number of threads, memory kept for reuse, and kernels made ready.
///
/// An engine's settings never change. Networks that share one share its memory and its kernels; networks on engines of
/// their own may run at the same time, each on as many threads as its engine has.
///
/// Kernels find the engine they run on without being handed it: it is that of the innermost ``run(_:)`` around them, and
/// ``standard`` where there is none.
///
///     let quiet = Engine(threads: 1)
///     let y = try quiet.run { try convolution(x, weights: w, bias: nil, geometry) }
public final class Engine: Sendable {
  /// How many threads a kernel uses at most.
  public let threads: Int
  /// The memory that arrays computed on this engine live in.
  public let memory: BufferPool
  /// oneDNN's operations made ready for this number of threads.
  let primitives: PrimitiveCache
  let staging = Staging()

  /// How many kernels are kept ready at the moment.
  public var retainedKernels: Int { primitives.count }

  /// The default: as many threads as OpenMP offers, and the default limits to the memory and the kernels kept.
  public static let standard = Engine()

  @TaskLocal private static var innermost: Engine?

  /// The engine that kernels called here run on.
  public static var current: Engine { innermost ?? standard }

  /// - Parameters:
  ///   - threads: how many threads a kernel may use, at least 1; as many as OpenMP offers if `nil`.
  ///   - retainedBytes: the most memory kept for reuse, in bytes.
  ///   - retainedKernels: how many kernels, each for given shapes, are kept ready; those longest unused go first.
  public init(threads: Int? = nil, retainedBytes: Int = 1 << 30, retainedKernels: Int = 2048) {
    self.threads = max(1, threads ?? Self.availableThreads)
    memory = BufferPool(byteLimit: retainedBytes)
    primitives = PrimitiveCache(capacity: retainedKernels)
  }

  /// How many threads OpenMP offers, before any engine has changed it.
  public static var availableThreads: Int { max(1, Int(limn_available_threads())) }

  /// Runs `body`, whose kernels then use this engine's threads and memory.
  ///
  /// Until it returns, the calling thread takes denormal numbers for zero, as all threads that run kernels do: they slow
  /// arithmetic a hundredfold.
  ///
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  public func run<Value, Failure>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
    let result = Self.$innermost.withValue(self) { Result { () throws(Failure) in try onItsThreads(body) } }
    return try result.get()
  }
}
