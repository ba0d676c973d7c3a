internal import COnnxRuntime
import Foundation

/// A graph that ONNX Runtime has taken in; any number of threads may run it at once.
final class RuntimeGraph: @unchecked Sendable {
  private let graph: OpaquePointer

  /// - Parameters:
  ///   - data: the file.
  ///   - folder: where files lie that its weights are in, if there are any.
  ///   - runtime: the library.
  ///   - provider: what it computes with.
  ///   - threads: how many threads of the processor compute.
  /// - Throws: ``RuntimeError`` in the library's words.
  init(
    _ data: Data, filesIn folder: String?, on runtime: OnnxRuntime, with provider: String, threads: Int
  ) throws(RuntimeError) {
    var why = limn_ort_reason()
    // The library copies all that it is told.
    let folder = folder.map { strdup($0) } ?? nil
    let name = provider == OnnxRuntime.processor ? nil : strdup(OnnxRuntime.appended(provider))
    defer {
      free(folder)
      free(name)
    }
    let made = data.withUnsafeBytes { bytes in
      var request = limn_ort_request(
        bytes: bytes.baseAddress, count: bytes.count, folder: folder, provider: name, threads: Int32(threads))
      return limn_ort_graph_open(runtime.library, &request, &why)
    }
    guard let made else { throw RuntimeError(why.words) }
    graph = made
  }

  deinit { limn_ort_graph_close(graph) }

  /// Computes one output of real numbers.
  ///
  /// - Parameters:
  ///   - name: of the output.
  ///   - count: how many numbers it has.
  ///   - inputs: what the graph is given, at most two tensors.
  /// - Returns: Its numbers.
  /// - Throws: ``RuntimeError`` in the library's words.
  func output(_ name: String, count: Int, of inputs: [RuntimeInput]) throws(RuntimeError) -> [Float] {
    var why = limn_ort_reason(), isDone = false
    let found = [Float](unsafeUninitializedCapacity: count) { elements, filled in
      isDone = withExtendedLifetime(inputs) {
        inputs.map(\.given).withUnsafeBufferPointer {
          limn_ort_run(graph, $0.baseAddress, $0.count, name, elements.baseAddress, count, &why)
        }
      }
      filled = isDone ? count : 0
    }
    guard isDone else { throw RuntimeError(why.words) }
    return found
  }
}
