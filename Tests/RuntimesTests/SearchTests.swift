import Foundation
import Runtimes
import TestSupport
import Testing

/// Where the library is looked for, and what is said where it is not.
@Suite struct SearchTests {
  @Test func `a path that the environment names and where nothing is`() throws {
    let error = #expect(throws: RuntimeError.self) {
      try OnnxRuntime(searching: [OnnxRuntime.variable: "/nowhere/libonnxruntime.so"])
    }
    #expect(error?.isMissing == true)
    #expect(error?.description.hasPrefix("LIMN_ONNXRUNTIME=/nowhere/libonnxruntime.so: ") == true)
  }

  @Test func `a file that is no library`() throws {
    let folder = try TemporaryFolder(), path = try folder.write("no library", to: "libonnxruntime.so")
    let error = #expect(throws: RuntimeError.self) { try OnnxRuntime(searching: [OnnxRuntime.variable: path]) }
    #expect(error?.isMissing == true && error?.description.contains(path) == true)
  }

  @Test func `of a folder it is the newest library, and no provider's`() throws {
    let folder = try TemporaryFolder()
    for name in ["so.1.9.0", "so.1.20.1", "so.1.3"] { try folder.write("", to: "libonnxruntime.\(name)") }
    try folder.write("", to: "libonnxruntime_providers_shared.so")
    #expect(OnnxRuntime.library(at: folder.url.path) == folder.path("libonnxruntime.so.1.20.1"))
    #expect(OnnxRuntime.library(at: folder.path("nothing")) == nil)
  }

  @Test func `packages of an environment of Python are among the places`() throws {
    let folder = try TemporaryFolder()
    let packages = folder.url.appendingPathComponent("lib/python3.12/site-packages/onnxruntime/capi")
    try FileManager.default.createDirectory(at: packages, withIntermediateDirectories: true)
    #expect(OnnxRuntime.folders(["VIRTUAL_ENV": folder.url.path]).contains(packages.path))
    #expect(OnnxRuntime.folders(["PATH": "/bin:\(folder.path("bin"))"]).contains(packages.path))
    #expect(!OnnxRuntime.folders([:]).contains(packages.path))
  }

  @Test(.enabled(if: Installed.isThere, "\(Installed.remedy)")) func `what the library computes with`() throws {
    let runtime = try #require(Installed.runtime)
    #expect(runtime.version.wholeMatch(of: /\d+\.\d+\.\d+.*/) != nil)
    #expect(FileManager.default.fileExists(atPath: runtime.path))
    #expect(try runtime.provider(named: "cpu") == OnnxRuntime.processor)
    let error = #expect(throws: RuntimeError.self) { try runtime.provider(named: "abacus") }
    #expect(error?.description.contains("computes with") == true && error?.description.contains("abacus") == true)
  }
}
