import Kernels

/// How much of the machine is used.
enum Threading {
  static func limit(to count: Int) { Threads.count = count }
}
